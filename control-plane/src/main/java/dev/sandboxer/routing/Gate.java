package dev.sandboxer.routing;

import java.util.Optional;

/** One check on the way to a verdict. */
interface Gate {
    /** Returns the verdict; empty if the candidate goes on to the next gate. */
    Optional<Verdict> verdict(Candidate candidate);
}
