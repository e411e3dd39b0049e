"""The figures of Tools/bench, a module for each family."""
