"""The page "When is it harmless to fit every wrong label?"."""
