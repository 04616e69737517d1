package dev.sandboxer.routing;

import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.ExtensionId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether one extension of a route could take a sandbox, and why. */
public sealed interface Verdict {
    ExtensionId extension();

    String why();

    /**
     * @param receipt the credential it is made with; null = none is needed
     * @param fallback what is tried when that one is refused, as its owner allowed; null = nothing
     */
    record Eligible(
            ExtensionId extension,
            String template,
            String why,
            @Nullable Receipt receipt,
            @Nullable Receipt fallback) implements Verdict {}

    record Skipped(ExtensionId extension, Code code, String why) implements Verdict {}

    /** Why an extension is skipped. */
    enum Code {
        NO_CREDENTIAL,
        CAPABILITY_MISSING,
        HOST_UNSUPPORTED,
        INSUFFICIENT_CREDITS,
        OVER_QUOTA,
        CIRCUIT_OPEN,
        /** Switched off, not installed, or without a template in the profile. */
        DISABLED;

        /** As users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
