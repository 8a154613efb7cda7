"""One file per verb; each has a function `command`, imported only when its verb is used."""
