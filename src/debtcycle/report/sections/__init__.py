"""The sections of the report, each from the judgement to blocks of words and figures."""
