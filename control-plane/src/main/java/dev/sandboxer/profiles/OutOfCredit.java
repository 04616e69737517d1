package dev.sandboxer.profiles;

import java.util.Locale;

/** What happens to a sandbox when its consumer can't pay for more time. */
public enum OutOfCredit {
    KILL,
    /** Pauses the sandbox if its backend can, otherwise ends it. */
    PAUSE;

    /** Returns the word that users write. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
