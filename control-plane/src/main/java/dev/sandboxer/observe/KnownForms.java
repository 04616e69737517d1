package dev.sandboxer.observe;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Finds parts of known texts in other texts, ignoring case. A part must have at least {@link #RUN} characters, or be the whole of a shorter
 * known text.
 *
 * <p>Any run of 16 characters contains a block of 8 that begins at a multiple of 8 in the known text. Only these blocks are
 * indexed; around a block that is found, the texts are compared character by character. Thread-safe.
 */
final class KnownForms {
    /** How many characters of a known text are enough for a match. */
    static final int RUN = 16;

    /** The minimum length of a known text. */
    static final int BLOCK = RUN / 2;

    private static final long PRIME = 1_000_003;
    private static final long FIRST = power();

    private final Set<String> texts = ConcurrentHashMap.newKeySet();
    private final Map<Long, Place[]> blocks = new ConcurrentHashMap<>();

    /** A bit for each shortened hash, which avoids most look-ups in the map. */
    private final AtomicLongArray hints = new AtomicLongArray(1 << 10);

    private record Place(String form, int offset) {}

    boolean isEmpty() {
        return texts.isEmpty();
    }

    /** Returns true if exactly this text was added. */
    boolean has(String text) {
        return texts.contains(text);
    }

    /** Adds a text of at least {@link #BLOCK} characters. */
    void add(String text) {
        if (!texts.add(text)) {
            return;
        }
        var form = lower(text);
        for (int at = 0; at + BLOCK <= form.length(); at += BLOCK) {
            var place = new Place(form, at);
            var hash = hash(form, at);
            blocks.merge(
                    hash,
                    new Place[] {place},
                    (old, more) -> Arrays.asList(old).contains(place) ? old : with(old, place));
            var bit = bit(hash);
            hints.accumulateAndGet(bit >> 6, 1L << bit, (old, more) -> old | more);
        }
    }

    private static Place[] with(Place[] old, Place one) {
        var more = Arrays.copyOf(old, old.length + 1);
        more[old.length] = one;
        return more;
    }

    /** Marks the original positions of all characters that belong to a known text. */
    void mark(DecodedText where, BitSet found) {
        var text = lower(where.text());
        if (text.length() < BLOCK) {
            return;
        }
        var hash = hash(text, 0);
        for (int at = 0; ; at++) {
            var bit = bit(hash);
            if ((hints.get(bit >> 6) & 1L << bit) != 0) {
                for (Place place : blocks.getOrDefault(hash, new Place[0])) {
                    mark(place, text, at, where.origins(), found);
                }
            }
            if (at + BLOCK == text.length()) {
                return;
            }
            hash = (hash - text.charAt(at) * FIRST) * PRIME + text.charAt(at + BLOCK);
        }
    }

    private static void mark(Place place, String text, int at, int[] origins, BitSet found) {
        var form = place.form;
        int before = 0;
        while (before < Math.min(at, place.offset)
                && text.charAt(at - before - 1) == form.charAt(place.offset - before - 1)) {
            before++;
        }
        int after = 0;
        while (after < Math.min(text.length() - at, form.length() - place.offset)
                && text.charAt(at + after) == form.charAt(place.offset + after)) {
            after++;
        }
        if (after >= BLOCK && before + after >= Math.min(RUN, form.length())) {
            found.set(origins[at - before], origins[at + after]);
        }
    }

    private static long hash(String text, int from) {
        var hash = 0L;
        for (int i = from; i < from + BLOCK; i++) {
            hash = hash * PRIME + text.charAt(i);
        }
        return hash;
    }

    private static int bit(long hash) {
        return (int) (hash * 0x9E3779B97F4A7C15L >>> 48);
    }

    private static long power() {
        var power = 1L;
        for (int i = 1; i < BLOCK; i++) {
            power *= PRIME;
        }
        return power;
    }

    /** Converts only ASCII letters to lower case, so that no character changes its position. */
    private static String lower(String text) {
        var chars = text.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            if (chars[i] >= 'A' && chars[i] <= 'Z') {
                chars[i] = (char) (chars[i] + 'a' - 'A');
            }
        }
        return new String(chars);
    }
}
