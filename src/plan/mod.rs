//! Plans: typed operations compiled from shell text.
