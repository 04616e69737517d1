package dev.sandboxer.fakecloud;

import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.config.yaml.Problems;
import dev.sandboxer.config.yaml.Section;
import dev.sandboxer.config.yaml.Values;
import dev.sandboxer.config.yaml.YamlNode;
import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.profiles.Spelling;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the fault of one rule: exactly one fault, and the details of its answer if it has one. */
final class FaultReader {
    private static final List<String> FAULTS = List.of(
            "status",
            "applyThen",
            "hang",
            "cutAfterBytes",
            "cutRequestAfterBytes",
            "loseResponse",
            "expire",
            "empty",
            "slow");

    private static final List<String> GRPC_FAULTS =
            Stream.concat(FAULTS.stream(), Stream.of("failBuild")).toList();

    private static final List<String> DETAILS = List.of("retryAfter", "errorCode", "message", "headers", "body");
    private static final List<String> GRPC_DETAILS = List.of("retryAfter", "message");

    /** The names of gRPC's statuses; the index of each is its number. */
    private static final List<String> GRPC_STATUSES = List.of(
            "OK",
            "CANCELLED",
            "UNKNOWN",
            "INVALID_ARGUMENT",
            "DEADLINE_EXCEEDED",
            "NOT_FOUND",
            "ALREADY_EXISTS",
            "PERMISSION_DENIED",
            "RESOURCE_EXHAUSTED",
            "FAILED_PRECONDITION",
            "ABORTED",
            "OUT_OF_RANGE",
            "UNIMPLEMENTED",
            "INTERNAL",
            "UNAVAILABLE",
            "DATA_LOSS",
            "UNAUTHENTICATED");

    private static final String REHEARSED = "rehearsed";

    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,100}");
    private static final Pattern PRINTABLE = Pattern.compile("[ -~]*");
    private static final String JSON = "application/json";
    private static final String RETRY_AFTER = "Retry-After";
    private static final Fault NO_ENTRIES = new Fault.Answer(200, Map.of("Content-Type", JSON), "[]");

    private final Section section;
    private final Values values;
    private final boolean http;
    private final Problems problems;

    /**
     * @param http false = the cloud speaks gRPC
     */
    FaultReader(Section section, boolean http, Problems problems) {
        this.section = section;
        this.http = http;
        this.problems = problems;
        this.values = new Values(problems);
    }

    /** Returns all keys that a fault may have. */
    static List<String> keys(boolean http) {
        return Stream.of(faults(http), details(http)).flatMap(List::stream).toList();
    }

    private static List<String> faults(boolean http) {
        return http ? FAULTS : GRPC_FAULTS;
    }

    private static List<String> details(boolean http) {
        return http ? DETAILS : GRPC_DETAILS;
    }

    /** Reads the fault; null when it has problems. */
    @Nullable Fault read(YamlNode place, String path, @Nullable Operation operation) {
        var given =
                faults(http).stream().filter(key -> section.node(key) != null).toList();
        if (given.size() != 1) {
            if (Values.hasNames(place)) {
                problems.add(
                        place,
                        path,
                        (given.isEmpty() ? "has no fault" : "has several faults: " + String.join(", ", given))
                                + "; a rule needs one of " + String.join(", ", faults(http)));
            }
            return null;
        }
        var key = given.getFirst();
        if (!key.equals("status") && !key.equals("applyThen")) {
            for (String detail : details(http)) {
                if (section.node(detail) != null) {
                    section.problem(detail, "is allowed only beside status or applyThen");
                }
            }
        }
        if (key.equals("expire") && operation != null && !operation.namesSandbox()) {
            section.problem(key, operation.text() + " is not about a sandbox");
        }
        return fault(key);
    }

    private @Nullable Fault fault(String key) {
        return switch (key) {
            case "status" -> answer(key);
            case "applyThen" -> {
                var answer = answer(key);
                yield answer == null ? null : new Fault.ApplyThen(answer);
            }
            case "hang" -> section.optional(key, FaultReader::hang);
            case "cutAfterBytes" -> section.optional(key, text -> new Fault.CutAnswer(bytes(text)));
            case "cutRequestAfterBytes" -> section.optional(key, text -> new Fault.CutRequest(bytes(text)));
            case "loseResponse" -> section.optional(key, text -> yes(text, new Fault.LoseAnswer()));
            case "expire" -> section.optional(key, text -> yes(text, new Fault.Expire()));
            case "empty" -> section.optional(key, text -> yes(text, http ? NO_ENTRIES : new Fault.Empty()));
            case "slow" -> section.optional(key, text -> new Fault.Slow(positive(text)));
            case "failBuild" -> section.optional(key, Fault.FailBuild::new);
            default -> throw new IllegalArgumentException(key);
        };
    }

    private Fault.@Nullable Answer answer(String key) {
        return http ? httpAnswer(key) : grpcAnswer(key);
    }

    private Fault.@Nullable Answer grpcAnswer(String key) {
        var status = section.optional(key, FaultReader::grpcStatus);
        var retryAfter = section.optional("retryAfter", Durations::parse);
        var message = section.optional("message", text -> text);
        if (status == null) {
            return null;
        }
        return new Fault.Answer(
                status,
                retryAfter == null ? Map.of() : Map.of(RETRY_AFTER, seconds(retryAfter)),
                message == null ? REHEARSED : message);
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).toPlainString();
    }

    private static int grpcStatus(String text) {
        var number = GRPC_STATUSES.indexOf(text);
        if (number < 1) {
            throw new IllegalArgumentException("is not a gRPC error status such as UNAVAILABLE");
        }
        return number;
    }

    /**
     * Reads an HTTP answer. A {@code body} is sent unchanged, as a proxy would send it; without a body, the answer is an error in E2B's
     * form.
     */
    private Fault.@Nullable Answer httpAnswer(String key) {
        var status = section.optional(key, FaultReader::status);
        var retryAfter = section.optional("retryAfter", Durations::parse);
        var message = section.optional("message", text -> text);
        var errorCode = section.optional("errorCode", text -> text);
        var body = section.optional("body", text -> text);
        var headers = headers();
        if (body != null && (message != null || errorCode != null)) {
            section.problem("body", "can't be combined with message or errorCode");
        }
        if (status == null) {
            return null;
        }
        if (retryAfter != null) {
            headers.put(RETRY_AFTER, Long.toString(retryAfter.plusMillis(999).toSeconds()));
        }
        if (body == null) {
            headers.putIfAbsent("Content-Type", JSON);
            body = "{\"code\":" + status + ",\"message\":\"" + escaped(message == null ? REHEARSED : message) + "\""
                    + (errorCode == null ? "" : ",\"error_code\":\"" + escaped(errorCode) + "\"") + "}";
        }
        return new Fault.Answer(status, headers, body);
    }

    private Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        for (Entry entry : section.names("headers")) {
            var path = YamlNode.join(
                    section.path("headers"), Spelling.shortened(entry.key().value()));
            var name = values.one(entry.key(), path, text -> matching(text, HEADER, "is not a header name"));
            var value = values.one(entry.value(), path, text -> matching(text, PRINTABLE, "must be printable ASCII"));
            if (name != null && value != null) {
                headers.put(name, value);
            }
        }
        return headers;
    }

    private static String matching(String text, Pattern form, String otherwise) {
        if (!form.matcher(text).matches()) {
            throw new IllegalArgumentException(otherwise);
        }
        return text;
    }

    private static Fault hang(String text) {
        return new Fault.Hang(text.equals("forever") ? null : positive(text));
    }

    static Duration positive(String text) {
        var duration = Durations.parse(text);
        if (!duration.isPositive()) {
            throw new IllegalArgumentException("must be above 0");
        }
        return duration;
    }

    /** Parses a size; a plain number means bytes. */
    private static long bytes(String text) {
        return Sizes.parseBytes(text.matches("[0-9]+") ? text + "B" : text);
    }

    private static int status(String text) {
        if (!text.matches("[2-5][0-9][0-9]")) {
            throw new IllegalArgumentException("is not a status from 200 to 599");
        }
        return Integer.parseInt(text);
    }

    private static <T> T yes(String text, T value) {
        if (!text.equals("true")) {
            throw new IllegalArgumentException("must be true, or left out");
        }
        return value;
    }

    /** Escapes a text for a JSON string. */
    private static String escaped(String text) {
        var quoted = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c < ' ' || c == '"' || c == '\\') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.toString();
    }
}
