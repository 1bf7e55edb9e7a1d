"""From a lesson's source files to its two notebooks."""
