package dev.sandboxer.lifecycle.terms;

/** What happens to a sandbox at its deadline. */
public enum OnTimeout {
    KILL,
    PAUSE
}
