package dev.sandboxer.server.it.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An HTTP response.
 *
 * @param head the lines of the head, without the empty line
 * @param content the body without its framing
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
public record Answer(String head, byte[] content) {
    private static final Pattern LINE = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+: [ -~\\t]*+");

    public int status() {
        return Integer.parseInt(head.split(" ", 3)[1]);
    }

    /** Returns the values of a header. */
    public List<String> headers(String name) {
        return lines().filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .toList();
    }

    public String header(String name) {
        return headers(name).isEmpty() ? "" : headers(name).getFirst();
    }

    public String body() {
        return new String(content, UTF_8);
    }

    /** Returns true if each line of the head is one valid header. */
    public boolean wellFormed() {
        return lines().allMatch(line -> LINE.matcher(line).matches());
    }

    private Stream<String> lines() {
        return Stream.of(head.split("\r\n")).skip(1);
    }

    @Override
    public String toString() {
        var body = body();
        return head + "\n\n" + body.substring(0, Math.min(body.length(), 2000));
    }
}
