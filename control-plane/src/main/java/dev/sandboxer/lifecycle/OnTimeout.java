package dev.sandboxer.lifecycle;

/** What happens to a sandbox when its time is up. */
public enum OnTimeout {
    KILL,
    PAUSE
}
