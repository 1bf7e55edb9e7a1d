"""The lessons as a website: prose once, code and its real outputs in a tab for each track. Solutions are not on it."""
