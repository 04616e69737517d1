package dev.sandboxer.profiles;

import java.util.Locale;

/** What happens to a sandbox when its consumer can't pay for more of its time. */
public enum OutOfCredit {
    KILL,
    /** It is paused where its backend can; elsewhere it is ended. */
    PAUSE;

    /** As users write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
