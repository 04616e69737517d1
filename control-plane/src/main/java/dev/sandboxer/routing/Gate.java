package dev.sandboxer.routing;

import java.util.Optional;

/** One question on the way to a verdict. */
interface Gate {
    /** Empty when the candidate passes on to the next gate. */
    Optional<Verdict> verdict(Candidate candidate);
}
