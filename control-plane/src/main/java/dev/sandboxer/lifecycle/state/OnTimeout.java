package dev.sandboxer.lifecycle.state;

/** What happens to a sandbox at its deadline. */
public enum OnTimeout {
    KILL,
    PAUSE
}
