package dev.sandboxer.routing;

import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether one extension of a route could take a sandbox, and why. */
public sealed interface Verdict {
    ExtensionId extension();

    /** One line for people. */
    String why();

    /**
     * It could.
     *
     * @param spec what the backend would be asked for
     * @param receipt the credential it would be made with; null = none is needed
     * @param fallback what is tried when that one is refused, as its owner allowed; null = nothing
     */
    record Eligible(
            ExtensionId extension,
            SandboxSpec spec,
            Quote quote,
            @Nullable Receipt receipt,
            @Nullable Receipt fallback) implements Verdict {
        @Override
        public String why() {
            return receipt == null ? quote.text() : quote.text() + ", with " + receipt.text();
        }
    }

    /** It could not. */
    record Skipped(ExtensionId extension, Code code, String why) implements Verdict {}

    /** Why an extension is skipped. */
    enum Code {
        NO_CREDENTIAL,
        CAPABILITY_MISSING,
        /** Switched off, not installed, or without a template in the profile. */
        DISABLED;

        /** As users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
