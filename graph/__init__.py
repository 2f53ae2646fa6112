"""The graph: papers and entities, one node a thing, every statement with its evidence."""
