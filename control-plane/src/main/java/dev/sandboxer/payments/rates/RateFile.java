package dev.sandboxer.payments.rates;

import dev.sandboxer.config.yaml.FileValue;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The rate cards of an installation, read from {@code rates.yaml} on first use. {@link #refresh} reads them again. Thread-safe. */
public final class RateFile {
    private final @Nullable Path file;
    private final FileValue<RateCards> cards;

    /** @param home the home directory; it need not contain a {@code rates.yaml} */
    public RateFile(Path home) {
        var own = home.resolve(RateCardReader.FILE);
        this.file = own;
        this.cards = new FileValue<>(own, () -> RateCardReader.read(own));
    }

    private RateFile(RateCards cards) {
        this.file = null;
        this.cards = new FileValue<>(Path.of(RateCardReader.FILE), () -> cards);
    }

    /** Returns cards that come from no file. */
    public static RateFile of(RateCards cards) {
        return new RateFile(cards);
    }

    /** Returns true if the operator has set prices, so that even free extensions may have one. */
    public boolean hasOperatorPrices() {
        return file == null || Files.exists(file);
    }

    /**
     * Returns all cards.
     *
     * @throws dev.sandboxer.error.SandboxException {@code INVALID_CONFIG} with one line per problem
     */
    public RateCards cards() {
        return cards.get();
    }

    /**
     * Reads the file again if it has changed since it was last read. Running sandboxes keep the prices that they were created with.
     *
     * @return true if the file was read again
     * @throws dev.sandboxer.error.SandboxException {@code INVALID_CONFIG}, once for each change; the earlier content
     *     stays in effect
     */
    public boolean refresh() {
        return file != null && cards.refresh();
    }
}
