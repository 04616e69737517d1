package dev.sandboxer.lifecycle.terms;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Network rules as a client requested them, stored so that the API can return them. Entries that match every address, such as
 * {@code 0.0.0.0/0}, stand for the default policy, which is {@link Terms#network}.
 *
 * @param allowOut allowed addresses, ranges and domains, without spaces, commas and semicolons
 * @param denyOut denied addresses, ranges and domains, likewise
 */
public record RequestedRules(List<String> allowOut, List<String> denyOut) {
    /** Entries that match every address, or every address of one family. */
    private static final Set<String> EVERYBODY = Set.of("0.0.0.0/0", "::/0", "ALL_TRAFFIC");

    private static final String SEPARATOR = ";";

    public RequestedRules {
        allowOut = List.copyOf(allowOut);
        denyOut = List.copyOf(denyOut);
        if (Stream.concat(allowOut.stream(), denyOut.stream()).anyMatch(RequestedRules::isInvalid)) {
            throw new IllegalArgumentException("an address must not contain spaces, commas or semicolons");
        }
    }

    private static boolean isInvalid(String address) {
        return address.isEmpty() || address.chars().anyMatch(c -> c <= ' ' || c == ',' || c == ';');
    }

    public static RequestedRules of(NetworkRules rules) {
        return new RequestedRules(texts(rules.allow()), texts(rules.deny()));
    }

    private static List<String> texts(List<NetworkTarget> targets) {
        return targets.stream().map(NetworkTarget::toString).toList();
    }

    /** Returns the entries of both lists, without those that match every address. */
    public List<String> targets() {
        return Stream.concat(allowOut.stream(), denyOut.stream())
                .filter(word -> !EVERYBODY.contains(word))
                .toList();
    }

    /**
     * Converts the entries into rules.
     *
     * @param byDefault the default policy
     * @throws IllegalArgumentException when an entry is not a target, or entries contradict each other
     */
    public NetworkRules toRules(NetworkPolicy byDefault) {
        return new NetworkRules(byDefault, read(allowOut), read(denyOut));
    }

    private static List<NetworkTarget> read(List<String> words) {
        return words.stream()
                .filter(word -> !EVERYBODY.contains(word))
                .map(NetworkTarget::parse)
                .toList();
    }

    /** Returns the text to store in a row. */
    public String toRow() {
        return String.join(",", allowOut) + SEPARATOR + String.join(",", denyOut);
    }

    public static RequestedRules ofRow(String text) {
        var at = text.indexOf(SEPARATOR);
        return new RequestedRules(list(text.substring(0, at)), list(text.substring(at + 1)));
    }

    private static List<String> list(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(","));
    }

    /** Returns these rules, or null if they have no entries: rules that were never requested are stored as null. */
    public @Nullable RequestedRules orNull() {
        return allowOut.isEmpty() && denyOut.isEmpty() ? null : this;
    }
}
