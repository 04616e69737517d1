package dev.sandboxer.payments.rates;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The price lists of an installation, read when they are first needed, and then never again. Thread-safe. */
public final class RateFile {
    private final @Nullable Path file;
    private @Nullable RateCards cards;

    /** @param home the home directory, in which a {@code rates.yaml} need not be */
    public RateFile(Path home) {
        this.file = home.resolve(RateCardReader.FILE);
    }

    private RateFile(RateCards cards) {
        this.file = null;
        this.cards = cards;
    }

    /** Price lists that are in no file. */
    public static RateFile of(RateCards cards) {
        return new RateFile(cards);
    }

    /** Returns true if the operator has said something about prices, so that free extensions may have one. */
    public boolean isOwn() {
        return file == null || Files.exists(file);
    }

    /**
     * All price lists.
     *
     * @throws dev.sandboxer.error.SandboxException {@code INVALID_CONFIG} with one line per problem
     */
    public synchronized RateCards cards() {
        var known = cards;
        if (known == null) {
            known = file == null ? RateCardReader.builtIn() : RateCardReader.read(file);
            cards = known;
        }
        return known;
    }
}
