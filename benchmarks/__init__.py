"""Benchmarks: figures and ratios against floors in the same run; never asserted by a test."""
