//! From likelihood ratios to answers: posteriors, rival relationships, couples.
