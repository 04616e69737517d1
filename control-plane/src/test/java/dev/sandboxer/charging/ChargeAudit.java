package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.charging.ChargeableTime.Span;
import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.ledger.LedgerAudit;
import dev.sandboxer.payments.ledger.LedgerAudit.Row;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.MeteredUsage;
import dev.sandboxer.payments.rates.Tariff;
import dev.sandboxer.store.Database;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads all rows about charges, and compares them to the nano-unit with each other and with the transitions of the sandboxes. Uses no code
 * of the product except that which reads and applies prices.
 */
public final class ChargeAudit {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(tools.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final long HOUR_MS = 3_600_000;
    private static final long DAY_MS = 24 * HOUR_MS;
    private static final Map<Meter, String> COLUMNS = Map.of(
            Meter.CPU, "cpu_nanos",
            Meter.MEMORY, "memory_nanos",
            Meter.GPU, "gpu_nanos",
            Meter.NETWORK_IN, "network_in_nanos",
            Meter.NETWORK_OUT, "network_out_nanos",
            Meter.CREATION, "creation_nanos",
            Meter.PLATFORM_FEE, "fee_nanos");

    private final LedgerAudit ledger;
    private final Map<String, Row> meters;
    private final Map<String, List<Row>> windows;
    private final Map<String, List<Row>> charges;
    private final Map<String, List<Row>> journal;
    private final List<Row> events;

    private ChargeAudit(Database database) {
        this.ledger = LedgerAudit.of(database);
        this.meters = rows(database, "meters ORDER BY sandbox").stream()
                .collect(Collectors.toMap(row -> row.text("sandbox"), Function.identity()));
        this.windows = bySandbox(rows(database, "usage_windows ORDER BY sandbox, started_at"));
        this.charges = bySandbox(rows(database, "charges ORDER BY sandbox, hour, meter"));
        this.journal = bySandbox(rows(database, "test_journal ORDER BY sandbox, version"));
        this.events = rows(database, "outbox WHERE hub = 'FIN_HUB' ORDER BY id");
    }

    /** Reads all rows. Nothing may write meanwhile. {@link TransitionJournal} must have recorded all transitions. */
    public static ChargeAudit of(Database database) {
        return new ChargeAudit(database);
    }

    private static List<Row> rows(Database database, String order) {
        return database.read(handle -> handle.createQuery("SELECT * FROM " + order)
                .mapToMap()
                .map(Row::new)
                .list());
    }

    private static Map<String, List<Row>> bySandbox(List<Row> rows) {
        return rows.stream().collect(Collectors.groupingBy(row -> row.text("sandbox")));
    }

    /** Fails if amounts contradict each other. Valid for any clock. */
    public void checkMoney() {
        ledger.check();
        meters.forEach((sandbox, meter) -> {
            checkWindows(sandbox);
            checkPrices(sandbox, meter);
            checkCaptures(sandbox);
            checkHold(sandbox);
            checkCharges(sandbox);
        });
        if (!events.isEmpty()) {
            checkEvents();
        }
    }

    /** Fails if amounts contradict each other, or if the charged time is not the running time. Only valid if the clock never went back. */
    public void check() {
        checkMoney();
        meters.keySet().forEach(this::checkTime);
    }

    private List<Row> windows(String sandbox) {
        return windows.getOrDefault(sandbox, List.of());
    }

    private void checkWindows(String sandbox) {
        long end = Long.MIN_VALUE;
        for (Row window : windows(sandbox)) {
            long from = window.number("started_at");
            long to = window.number("ended_at");
            assertThat(from).as("begin of %s after the one before", window).isGreaterThanOrEqualTo(end);
            assertThat(to).as("end of %s", window).isGreaterThanOrEqualTo(from);
            assertThat(Math.max(from, to - 1) / HOUR_MS)
                    .as("hour of %s", window)
                    .isEqualTo(from / HOUR_MS);
            end = to;
        }
    }

    private long millis(String sandbox) {
        return windows(sandbox).stream()
                .mapToLong(window -> window.number("ended_at") - window.number("started_at"))
                .sum();
    }

    private void checkPrices(String sandbox, Row meter) {
        long millis = millis(sandbox);
        var bytes = new NetworkBytes(sum(windows(sandbox), "network_in"), sum(windows(sandbox), "network_out"));
        assertThat(new NetworkBytes(meter.number("metered_in"), meter.number("metered_out")))
                .as("bytes of %s", sandbox)
                .isEqualTo(bytes);
        assertThat(meter.number("metered_ms")).as("measured of %s", sandbox).isEqualTo(millis);
        var tariff = Tariff.ofRow(meter.text("tariff"));
        var size = new SandboxSize(
                (int) meter.number("cpu_millis"), (int) meter.number("memory_mib"), (int) meter.number("disk_mib"));
        for (Meter one : tariff.prices().keySet()) {
            long expected = windows(sandbox).isEmpty()
                    ? 0
                    : tariff.billed(one, size, new MeteredUsage(millis, bytes))
                            .orElseThrow()
                            .nanos();
            assertThat(sum(windows(sandbox), COLUMNS.get(one)))
                    .as("%s of %s for %s ms", one, sandbox, millis)
                    .isEqualTo(expected);
        }
    }

    private long windowCost(String sandbox) {
        return COLUMNS.values().stream()
                .mapToLong(column -> sum(windows(sandbox), column))
                .sum();
    }

    private void checkCaptures(String sandbox) {
        var captures = ledger.transactions().stream()
                .filter(row -> row.text("kind").equals("CAPTURE")
                        && row.text("sandbox").equals(sandbox))
                .toList();
        assertThat(sum(captures, "nanos")).as("captured for %s", sandbox).isEqualTo(windowCost(sandbox));
    }

    private boolean hasEnded(String sandbox) {
        return ChargeableTime.of(journal.getOrDefault(sandbox, List.of())).hasEnded();
    }

    private void checkHold(String sandbox) {
        var hold = ledger.holds().stream()
                .filter(row -> row.text("sandbox").equals(sandbox))
                .toList();
        assertThat(hold).as("holds of %s", sandbox).hasSizeLessThanOrEqualTo(1);
        if (hasEnded(sandbox)) {
            assertThat(hold)
                    .as("hold of %s, which has ended", sandbox)
                    .allSatisfy(
                            row -> assertThat(row.columns().get("closed_at")).isNotNull());
        }
    }

    private void checkCharges(String sandbox) {
        var meter = meters.get(sandbox);
        var lines = charges.getOrDefault(sandbox, List.of());
        var costs = sum(lines, "billed_nanos");
        if (hasEnded(sandbox)) {
            assertThat(meter.columns().get("bill_from"))
                    .as("unbilled of %s", sandbox)
                    .isNull();
            assertThat(costs).as("billed of %s", sandbox).isEqualTo(windowCost(sandbox));
            assertThat(sum(lines, "prepaid_nanos"))
                    .as("prepaid of %s", sandbox)
                    .isEqualTo(sum(windows(sandbox), "prepaid_nanos"));
        } else {
            assertThat(costs).as("billed of %s", sandbox).isLessThanOrEqualTo(windowCost(sandbox));
        }
    }

    private void checkTime(String sandbox) {
        var time = ChargeableTime.of(journal.getOrDefault(sandbox, List.of()));
        if (!time.hasEnded()) {
            return;
        }
        var charged = charged(sandbox);
        var expected = new ArrayList<>(time.spans());
        expected.removeIf(span -> span.isEmpty() && charged.stream().noneMatch(some -> some.from() == span.from()));
        if (!expected.isEmpty() && expected.getLast().isLost() && charged.size() < expected.size()) {
            expected.removeLast(); // it was lost before it was measured
        }
        var allowed = charged.size() == expected.size();
        for (int i = 0; allowed && i < expected.size(); i++) {
            allowed = expected.get(i).allows(charged.get(i));
        }
        assertThat(allowed)
                .as(
                        "charged %s, expected %s, of %s, whose life was %s",
                        charged, expected, sandbox, journal.get(sandbox))
                .isTrue();
    }

    /** Returns the charged time, with adjacent windows joined. */
    private List<Span> charged(String sandbox) {
        var charged = new ArrayList<Span>();
        for (Row window : windows(sandbox)) {
            long from = window.number("started_at");
            long to = window.number("ended_at");
            if (to == from) {
                continue;
            }
            if (!charged.isEmpty() && charged.getLast().to() == from) {
                from = charged.removeLast().from();
            }
            charged.add(new Span(from, to, to, false));
        }
        return charged;
    }

    private void checkEvents() {
        var lines = new HashSet<String>();
        charges.forEach((sandbox, some) ->
                some.forEach(line -> lines.add(sandbox + ":" + line.number("hour") / 1000 + ":" + line.text("meter"))));
        var told = new TreeMap<String, JsonNode>();
        for (Row event : events) {
            var body = JSON.readTree(event.text("body"));
            var known = told.put(body.get("id").asString(), body);
            assertThat(known).as("another event like %s", event).isNull();
        }
        var usage = told.entrySet().stream()
                .filter(event -> isUsage(event.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(usage).as("events of lines").containsExactlyInAnyOrderElementsOf(lines);
        assertThat(byDay(told.values())).as("events by consumer and day").isEqualTo(billedByDay());
    }

    /** Returns false for events of grants, and of debts that credits have paid. */
    private static boolean isUsage(JsonNode body) {
        return body.get("data").get("ChargeCategory").asString().equals("Usage");
    }

    /** Returns the consumed nano-units in events, by consumer and UTC day. */
    public static Map<String, Long> byDay(Iterable<JsonNode> bodies) {
        var sums = new TreeMap<String, Long>();
        for (JsonNode body : bodies) {
            var data = body.get("data");
            if (isUsage(body) && !data.get("EffectiveCost").isNull()) {
                long nanos = nanos(data.get("EffectiveCost"));
                var day = data.get("x_StartMs").asLong() / DAY_MS;
                sums.merge(data.get("SubAccountId").asString() + " " + day, nanos, Math::addExact);
            }
        }
        sums.values().removeIf(sum -> sum == 0);
        return sums;
    }

    private static long nanos(JsonNode amount) {
        return new BigDecimal(amount.asString()).movePointRight(9).longValueExact();
    }

    private Map<String, Long> billedByDay() {
        var sums = new TreeMap<String, Long>();
        charges.values().stream().flatMap(List::stream).forEach(line -> {
            if (line.columns().get("billed_nanos") != null) {
                var day = line.number("hour") / DAY_MS;
                sums.merge(line.text("consumer") + " " + day, line.number("billed_nanos"), Math::addExact);
            }
        });
        sums.values().removeIf(sum -> sum == 0);
        return sums;
    }

    /** Returns the captured nano-units by consumer and UTC day. */
    public Map<String, Long> spentByDay() {
        return ledger.spentByDay();
    }

    private static long sum(List<Row> rows, String column) {
        return rows.stream()
                .filter(row -> row.columns().get(column) != null)
                .mapToLong(row -> row.number(column))
                .reduce(0, Math::addExact);
    }
}
