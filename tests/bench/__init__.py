"""Benchmarks, run by `make bench`, never with the tests: figures differ from machine to machine."""
