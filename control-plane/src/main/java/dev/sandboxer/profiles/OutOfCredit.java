package dev.sandboxer.profiles;

import java.util.Locale;

/** The action on a sandbox when its consumer can't pay for more of its time. */
public enum OutOfCredit {
    KILL,
    /** Pauses the sandbox if its backend can, otherwise ends it. */
    PAUSE;

    /** Returns the word that users write. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
