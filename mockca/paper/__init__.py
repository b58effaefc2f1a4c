"""Paper: forms, minutes, notices and reports as people sign and file them. Knows the rules' nouns, and no registry."""
