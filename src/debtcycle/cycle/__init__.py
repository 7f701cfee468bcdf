"""Claims, verdict, stage, episodes: the judgement itself."""
