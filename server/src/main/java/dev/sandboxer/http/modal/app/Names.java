package dev.sandboxer.http.modal.app;

import dev.sandboxer.http.modal.edge.ModalErrors;
import java.util.regex.Pattern;

/** The names that Modal allows. */
public final class Names {
    private static final Pattern OBJECT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Clients would take such a name for an id. */
    private static final Pattern LOOKS_LIKE_APP_ID = Pattern.compile("ap-[A-Za-z0-9]{22}");

    private Names() {}

    /**
     * Returns the name of an app, a sandbox or a secret.
     *
     * @param what names it in the message
     */
    public static String check(String what, String name) {
        if (!OBJECT.matcher(name).matches() || LOOKS_LIKE_APP_ID.matcher(name).matches()) {
            throw ModalErrors.invalid(
                    "invalid " + what + " name " + ModalErrors.shown(name)
                            + ": names have at most 64 letters, digits, dashes, dots and underscores, and not the form of an id");
        }
        return name;
    }
}
