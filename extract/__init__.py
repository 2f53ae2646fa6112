"""Reading papers and what they say."""
