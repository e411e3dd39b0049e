"""A second, independent implementation of the Grapevine protocol in miniature, from Protocol/."""
