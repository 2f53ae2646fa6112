"""How sentences tie a figure to its metric, its dataset and its thing: what may stand between, before and after."""

from __future__ import annotations

import re

BETWEEN_AFTER = re.compile(
    r"\s?\$?\s?(?:(?:in|of|on|for|points?|absolute|relative|average|averaged|mean|overall|test|validation|top|the|a|an"
    r"|improvements?|enhancements?|gains?|increases?|increased|reductions?|reduced|decreases?|drops?|boosts?|higher|lower|better|less|fewer|more"
    r"|smaller|faster|accuracy|score|scores|percentage)\s?)*"
)
BETWEEN_BEFORE = re.compile(
    r"\s?(?:(?:improvements?|gains?|increases?|boosts?|reductions?|decreases?|drops?|scores?|rates?|values?|results?|performance|of|is|was|are|to|at|by|up|about|over|nearly|around|almost|as|low|high"
    r"|only|just|a|an|the|reach(?:es|ed|ing)?|improved|increased|reduced|achieved|from|an average|average|below"
    r"|above|beyond|than|under|less|more|approximately|on average|relative|absolute|equal|being|at most|at least"
    r"|respectively)\s?|[=:(~∼≈$,\s])*"
)
OF_IT = re.compile(r"\s?\)?\s?(?:scores?|rates?|values?)?\s?(?:of|=|:|\(|is|was)(?: only| about| over)?\s?[~∼≈$]*")
IN_TERMS = re.compile(r"[\s,$]*(?:\([^()]{1,40}\)[\s,]*)?(?:points? )?in terms of (?:the |average )?")
LOOSE = re.compile(
    r"\s(?:of|on|for|in|over|across)\s[^,;.()]{1,60}\s(?:by|of)(?:\s(?:up to|about|over|around|more than|at least"
    r"|an average of))?\s?[~∼≈$]*"
)
"""Between a metric and its change: ``accuracy on the test set by 2%``."""
FROM_TO = re.compile(r"\s(?:of|on|for|in)\s[^,;.()]{1,60}\s(?:(?:is|are|was|were)\s\w+\s)?")
"""Between a metric and where it went: ``the accuracy of BERT is raised from 83% to 94%``."""
IS = re.compile(
    r"(?:\s(?:values?|scores?|results?))?\s(?:of|on|for|in)\s[^;.()]{1,80}\s(?:is|are|was|were)(?: only| about| at)?\s"
)
"""Between a metric and what it is: ``the F1 values for the three sets were``."""
ANOTHER = re.compile(r"\s?\([A-Za-z][^()]{0,20}\)")
"""After a figure that has a metric of its own, though none that the recogniser knows: ``45.3% (mean AP)``."""
COUNTED = re.compile(r"[a-z]{2,}(?<!s)s$")
"""Ends of what a whole number counts rather than measures: ``14 automatic metrics``."""
BY_METRIC = re.compile(r"\b(?:on|in|by|under|for) the \S+ metric$")
LIST_OF = re.compile(r"\s?(?:(?:in|of|on|for|the|terms|metrics?|scores?|test|average)\s)*")
SETTING = re.compile(
    r"\b(?:learning rate|(?:compression|sampling|masking) (?:rate|ratio)|(?:batch|vocabulary) size|context length"
    r"|temperature|momentum|weight decay|dropout rate)s?$",
    re.IGNORECASE,
)
TRAINED = re.compile(r"\b(?:with|from|using|(?:train|tun|learn)(?:ed|ing) (?:on|over|with))\s(?:the |our |a )?$")
"""Before a dataset that a thing was made from, not measured on."""
FASTER = re.compile(r"\b(?:speed(?:s|ed|ing)? up|accelerat\w+)\b[^.;,()]{0,60} by (?:up to |about |over )?[~∼≈$]*$")
HUMANS = re.compile(r"\bhumans?\b")
MEASURED_CHANGE = re.compile(
    r"\b(?:improvements?|gains?|increases?|reductions?|decreases?|speed-?ups?|drops?)$", re.IGNORECASE
)
LINK_WORDS = re.compile(
    r"(?:\s|,|;|\b(?:in|of|on|for|and|by|up|to|the|points?|scores?|while|with|an?|average|respectively)\b)*"
)
CONDITION = re.compile(r"\b(?:in|with|using|within|after|at|only) (?:only |just |about )?$")
AHEAD = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|improv|gain|boost|better|superior|enhanc|advanc|lead|margin|state-of-the-art|drop|degrad)"
)
"""Words that tie a change to results even where the sentence names no metric."""
SPEED = re.compile(r"\s?(?:\w+ )?(faster|slower|speed-?ups?|smaller|larger|cheaper|(?<=more )accurate)\b")
OF_SPEED = {"smaller": "size", "larger": "size", "cheaper": "cost", "accurate": "accuracy"}
OF_ONE = re.compile(r"\s(?:of|on|for|in)\s[^,;.()]{1,60}\s\(\$?")
"""Between a metric and its figure in brackets: ``accuracy for BERT (from 83% to 94%)``."""
ONLY_CHANGE = re.compile(
    r"(?:absolute|relative|average|overall)\s(?:gain|improvement|increase|reduction)s?", re.IGNORECASE
)
"""What the recogniser may take for a metric and is none."""
COMPARED = re.compile(
    r"\b(?:compared (?:to|with)|versus|vs\.?|v\.s\.|against)\s"
    r"(?:(?:the |an? |only |just |about )*|(?:[\w-]+ ){1,5}(?:of|at) )[~∼≈$]*$"
)
"""Before the figure of another thing than the sentence is about."""
VERSUS = re.compile(r",?\s(?:versus|vs\.?|v\.s\.|compared (?:to|with)|against)\s(?:only )?\$?")
ASIDE = re.compile(r"\s*(?:\w+ ){0,3}\((?:or |and )?\$?")
"""Between a change and the one in brackets that says it otherwise: ``13% mIoU (7% on average)``."""
OTHERWISE = re.compile(r"\s?(?:on average|average|mean|absolute|relative|in (?:absolute|relative))\b")
OF_WHAT = re.compile(r"[^.;,()]{0,40}\b(?:for|of|by|from)\s(?:the |an? )?")
"""Between a figure and the thing whose it is."""
OURS = re.compile(r"\b(?:we|our|ours|proposed|this|the|it|its)\b", re.IGNORECASE)
