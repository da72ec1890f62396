//! The likelihood engine: one exact network for every hypothesis, and the score rows made from it.
