"""The invented register of schools, and the files in which Get Information About Schools would give it."""
