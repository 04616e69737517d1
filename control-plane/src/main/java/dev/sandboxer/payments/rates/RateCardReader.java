package dev.sandboxer.payments.rates;

import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.yaml.ConfigProblem;
import dev.sandboxer.config.yaml.ConfigText;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.config.yaml.Values;
import dev.sandboxer.config.yaml.YamlNode;
import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.config.yaml.YamlReader;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.profiles.Spelling;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads rate cards: the built-in ones, and those in the installation's {@code rates.yaml}, which also sets mark-ups, fees and the grace
 * period.
 */
public final class RateCardReader {
    /** The currency of the built-in cards. */
    public static final String CURRENCY = "USD";

    /** The file in the home directory. */
    public static final String FILE = "rates.yaml";

    private static final List<String> KEYS =
            List.of("currency", "markup", "platformFee", "grace", "consumers", "rates");
    private static final List<String> RULE_KEYS = List.of("markup", "platformFee");
    private static final List<String> CARD_KEYS = List.of(
            "extension",
            "from",
            "cpuSecond",
            "memoryGiBSecond",
            "gpuSecond",
            "regionFactor",
            "creation",
            "networkInGiB",
            "networkOutGiB");
    private static final Pattern PRICE = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,12})?");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,4}(\\.[0-9]{1,4})?)%");
    private static final int PERCENT_SCALE = 2;
    private static final Duration MAX_GRACE = Duration.ofHours(1);

    private final Problems problems;
    private final Values values;

    private RateCardReader(Problems problems) {
        this.problems = problems;
        this.values = new Values(problems);
    }

    /** Reads the built-in cards on first use, and only once. */
    private static final class BuiltIn {
        static final RateCards CARDS = readBuiltIn();
    }

    /** Returns the cards that come with sand-boxer. */
    public static RateCards builtIn() {
        return BuiltIn.CARDS;
    }

    private static RateCards readBuiltIn() {
        var problems = new Problems(FILE);
        try (InputStream in = RateCard.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("the built-in rates.yaml is not on the class path");
            }
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            var cards = new RateCardReader(problems).read(text, null);
            if (cards == null) {
                throw new IllegalStateException("the built-in rates are invalid: " + problems.all());
            }
            return cards;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the cards of an installation, the built-in ones included.
     *
     * @param file need not exist
     * @throws SandboxException {@code INVALID_CONFIG} with one line per problem
     */
    public static RateCards read(Path file) {
        var problems = new Problems(FILE);
        var cards = read(file, problems);
        if (cards == null) {
            throw problems.failure(file);
        }
        return cards;
    }

    /** Returns all mistakes in a file, in the order of its lines; empty if there is no file. */
    public static List<ConfigProblem> check(Path file) {
        var problems = new Problems(FILE);
        read(file, problems);
        return problems.all();
    }

    private static @Nullable RateCards read(Path file, Problems problems) {
        var text = ConfigText.read(file, problems);
        if (text != null && text.isBlank()) {
            return builtIn();
        }
        return text == null ? null : new RateCardReader(problems).read(text, builtIn());
    }

    /** @param base the built-in cards; null = the text is the built-in file itself */
    private @Nullable RateCards read(String text, @Nullable RateCards base) {
        var root = YamlReader.read(text, problems);
        if (root == null) {
            return null;
        }
        var section = new Section(root, root, "", KEYS, problems);
        var currency = base == null || section.node("currency") != null
                ? section.required("currency", RateCardReader::currency)
                : base.currency();
        var defaults = rules(section, PriceRules.NONE);
        var grace = Objects.requireNonNullElse(section.optional("grace", RateCardReader::grace), Duration.ZERO);
        var consumers = new TreeMap<String, PriceRules>();
        for (Entry entry : section.names("consumers")) {
            var name = entry.key().value();
            var path = YamlNode.join("consumers", name);
            consumers.put(name, rules(new Section(entry.key(), entry.value(), path, RULE_KEYS, problems), defaults));
        }
        var cards = cards(section, base);
        if (currency == null || !problems.isEmpty()) {
            return null;
        }
        return base == null
                ? new RateCards(currency, List.of(), cards, defaults, consumers, grace)
                : new RateCards(currency, cards, inCurrency(base, currency), defaults, consumers, grace);
    }

    /** Returns the built-in cards, or none if the installation bills in another currency: prices are not converted. */
    private static List<RateCard> inCurrency(RateCards base, String currency) {
        return base.currency().equals(currency) ? base.builtIn() : List.of();
    }

    private static PriceRules rules(Section section, PriceRules base) {
        var markup = section.optional("markup", RateCardReader::percent);
        var fee = section.optional("platformFee", RateCardReader::percent);
        return new PriceRules(markup == null ? base.markup() : markup, fee == null ? base.platformFee() : fee);
    }

    private List<RateCard> cards(Section section, @Nullable RateCards base) {
        var cards = new ArrayList<RateCard>();
        for (Entry entry : section.names("rates")) {
            var name = entry.key().value();
            if (base != null
                    && base.builtIn().stream().anyMatch(card -> card.version().equals(name))) {
                problems.add(
                        entry.key(),
                        YamlNode.join("rates", name),
                        "is the name of a built-in card, which bills may name; choose another");
                continue;
            }
            var card = card(entry);
            if (card != null) {
                cards.add(card);
            }
        }
        return cards;
    }

    private @Nullable RateCard card(Entry entry) {
        var path = YamlNode.join("rates", entry.key().value());
        var section = new Section(entry.key(), entry.value(), path, CARD_KEYS, problems);
        var extension = section.required("extension", ExtensionId::new);
        var from = section.required("from", RateCardReader::day);
        var cpu = section.required("cpuSecond", RateCardReader::price);
        var memory = section.required("memoryGiBSecond", RateCardReader::price);
        var creation = orZero(section.optional("creation", RateCardReader::price));
        var network = new RateCard.Network(
                orZero(section.optional("networkInGiB", RateCardReader::price)),
                orZero(section.optional("networkOutGiB", RateCardReader::price)));
        var gpus = prices(section, "gpuSecond");
        var regions = prices(section, "regionFactor");
        return extension == null || from == null || cpu == null || memory == null
                ? null
                : new RateCard(entry.key().value(), extension, from, cpu, memory, gpus, regions, creation, network);
    }

    private static BigDecimal orZero(@Nullable BigDecimal price) {
        return price == null ? BigDecimal.ZERO : price;
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
            throw new IllegalArgumentException(Spelling.quoted(text) + " is not a currency of ISO 4217 (example: USD)");
        }
        return text;
    }

    private static BigDecimal price(String text) {
        if (!PRICE.matcher(text).matches()) {
            throw new IllegalArgumentException(Spelling.quoted(text) + " is not a price (example: 0.000014)");
        }
        return new BigDecimal(text);
    }

    private static BigDecimal percent(String text) {
        var match = PERCENT.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException(Spelling.quoted(text) + " is not a percentage (example: 12.5%)");
        }
        return new BigDecimal(match.group(1)).movePointLeft(PERCENT_SCALE);
    }

    private static Duration grace(String text) {
        var grace = Durations.parse(text);
        if (grace.compareTo(MAX_GRACE) > 0) {
            throw new IllegalArgumentException(
                    Spelling.quoted(text) + " is longer than " + Durations.format(MAX_GRACE));
        }
        return grace;
    }

    private static Instant day(String text) {
        try {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(Spelling.quoted(text) + " is not a day (example: 2026-04-01)", e);
        }
    }
}
