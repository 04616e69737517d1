package dev.sandboxer.credentials;

import dev.sandboxer.extension.ExtensionId;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Names a credential; says nothing about what is in it. */
public record CredentialId(String value) {
    private static final Pattern FORM = Pattern.compile("c[0-9a-f]{12}|env\\.[a-z0-9.-]{1,64}@[0-9a-f]{8}");
    private static final String OF_ENVIRONMENT = "env.";
    private static final int RANDOM_BYTES = 6;
    private static final int PRINT_LENGTH = 8;

    public CredentialId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not the id of a credential"); // it may be a key in a wrong place
        }
    }

    static CredentialId random() {
        var bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new CredentialId("c" + HexFormat.of().formatHex(bytes));
    }

    /**
     * The platform's credential for an extension that stands in the environment of this process. Another key, or another
     * address, has another id: what was made with this one belongs to its account, whatever the environment holds later.
     */
    static CredentialId ofEnvironment(ExtensionId extension, String fingerprint) {
        return new CredentialId(OF_ENVIRONMENT + extension.value().substring("ext.".length()) + "@"
                + fingerprint.substring(0, PRINT_LENGTH));
    }

    boolean isOfEnvironment() {
        return isOfEnvironment(value);
    }

    ExtensionId extensionOfEnvironment() {
        return extensionOfEnvironment(value);
    }

    /** What was given as an id or a name, in a message: repeated only as an id, since it may be a key in a wrong place. */
    static String mention(String idOrName) {
        return FORM.matcher(idOrName).matches() ? "credential " + idOrName : "credential of that name";
    }

    /** Whether this can only mean a credential in the environment. */
    static boolean isOfEnvironment(String idOrName) {
        return idOrName.startsWith(OF_ENVIRONMENT);
    }

    /** What such a text is about, with the key's part or without. */
    static ExtensionId extensionOfEnvironment(String idOrName) {
        var end = idOrName.indexOf('@');
        return new ExtensionId("ext." + idOrName.substring(OF_ENVIRONMENT.length(), end < 0 ? idOrName.length() : end));
    }

    @Override
    public String toString() {
        return value;
    }
}
