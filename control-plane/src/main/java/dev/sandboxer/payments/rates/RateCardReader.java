package dev.sandboxer.payments.rates;

import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.config.yaml.Values;
import dev.sandboxer.config.yaml.YamlNode;
import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.config.yaml.YamlReader;
import dev.sandboxer.extension.ExtensionId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads price lists. */
public final class RateCardReader {
    private static final List<String> KEYS = List.of("currency", "rates");
    private static final List<String> CARD_KEYS =
            List.of("extension", "from", "cpuSecond", "memoryGiBSecond", "gpuSecond", "regionFactor", "creation");
    private static final Pattern PRICE = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,12})?");

    private final Problems problems;
    private final Values values;

    private RateCardReader(Problems problems) {
        this.problems = problems;
        this.values = new Values(problems);
    }

    /** Reads the file when it is first needed, and then never again. */
    private static final class BuiltIn {
        static final RateCards CARDS = readBuiltIn();
    }

    /** The lists that come with sand-boxer. */
    public static RateCards builtIn() {
        return BuiltIn.CARDS;
    }

    private static RateCards readBuiltIn() {
        var problems = new Problems("rates.yaml");
        try (InputStream in = RateCard.class.getResourceAsStream("rates.yaml")) {
            if (in == null) {
                throw new IllegalStateException("the built-in rates.yaml is not on the class path");
            }
            var cards = new RateCardReader(problems).read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            if (cards == null) {
                throw new IllegalStateException("the built-in rates are invalid: " + problems.all());
            }
            return cards;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable RateCards read(String text) {
        var root = YamlReader.read(text, problems);
        if (root == null) {
            return null;
        }
        var section = new Section(root, root, "", KEYS, problems);
        var currency = section.required("currency", RateCardReader::currency);
        var cards = new ArrayList<RateCard>();
        for (Entry entry : section.names("rates")) {
            var card = card(entry);
            if (card != null) {
                cards.add(card);
            }
        }
        return currency == null || !problems.isEmpty() ? null : new RateCards(currency, cards);
    }

    private @Nullable RateCard card(Entry entry) {
        var path = YamlNode.join("rates", entry.key().value());
        var section = new Section(entry.key(), entry.value(), path, CARD_KEYS, problems);
        var extension = section.required("extension", ExtensionId::new);
        var from = section.required("from", RateCardReader::day);
        var cpu = section.required("cpuSecond", RateCardReader::price);
        var memory = section.required("memoryGiBSecond", RateCardReader::price);
        var creation = section.optional("creation", RateCardReader::price);
        var gpus = prices(section, "gpuSecond");
        var regions = prices(section, "regionFactor");
        return extension == null || from == null || cpu == null || memory == null
                ? null
                : new RateCard(
                        entry.key().value(),
                        extension,
                        from,
                        cpu,
                        memory,
                        gpus,
                        regions,
                        creation == null ? BigDecimal.ZERO : creation);
    }

    private Map<String, BigDecimal> prices(Section section, String key) {
        var prices = new TreeMap<String, BigDecimal>();
        for (Entry entry : section.names(key)) {
            var name = entry.key().value();
            var price = values.one(entry.value(), YamlNode.join(section.path(key), name), RateCardReader::price);
            if (price != null) {
                prices.put(name, price);
            }
        }
        return prices;
    }

    private static String currency(String text) {
        if (!text.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException("is no currency of ISO 4217 (example: USD)");
        }
        return text;
    }

    private static BigDecimal price(String text) {
        if (!PRICE.matcher(text).matches()) {
            throw new IllegalArgumentException("is no price (example: 0.000014)");
        }
        return new BigDecimal(text);
    }

    private static Instant day(String text) {
        try {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("is no day (example: 2026-04-01)", e);
        }
    }
}
