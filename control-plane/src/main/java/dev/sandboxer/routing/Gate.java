package dev.sandboxer.routing;

import java.util.Optional;

/** One of the checks that a candidate must pass to be eligible. */
interface Gate {
    /** Returns the verdict; empty if the next gate decides. */
    Optional<Verdict> verdict(Candidate candidate);
}
