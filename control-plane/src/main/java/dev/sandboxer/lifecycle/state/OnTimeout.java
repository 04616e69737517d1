package dev.sandboxer.lifecycle.state;

/** What happens to a sandbox when its time is up. */
public enum OnTimeout {
    KILL,
    PAUSE
}
