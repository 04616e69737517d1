package dev.sandboxer.e2b.envd;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Users and groups of a sandbox by name and number: E2B knows only names, the contract has numbers too. Reads
 * {@code /etc/passwd} and {@code /etc/group} on first use, and again when a name is unknown. Thread-safe.
 */
final class UserTable {
    /** The number for an unknown name. */
    private static final int NOBODY = 65_534;

    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private final EnvdClient client;
    private Map<String, Integer> users = Map.of();
    private Map<String, Integer> groups = Map.of();

    UserTable(EnvdClient client) {
        this.client = client;
    }

    /**
     * Returns the name of a user given by name or number. Leaves an unknown number as it is, for the sandbox to refuse.
     */
    synchronized String name(String user) {
        if (!NUMBER.matcher(user).matches()) {
            return user;
        }
        var uid = Integer.parseInt(user);
        return byNumber(uid)
                .or(() -> {
                    users = read("/etc/passwd");
                    return byNumber(uid);
                })
                .orElse(user);
    }

    private Optional<String> byNumber(int uid) {
        return users.entrySet().stream()
                .filter(it -> it.getValue() == uid)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    synchronized int uid(String owner) {
        if (NUMBER.matcher(owner).matches()) {
            return Integer.parseInt(owner);
        }
        if (!users.containsKey(owner)) {
            users = read("/etc/passwd");
        }
        return users.getOrDefault(owner, NOBODY);
    }

    synchronized int gid(String group) {
        if (NUMBER.matcher(group).matches()) {
            return Integer.parseInt(group);
        }
        if (!groups.containsKey(group)) {
            groups = read("/etc/group");
        }
        return groups.getOrDefault(group, NOBODY);
    }

    /** Reads numbers by name; both files have them in the same fields. Empty when the file is missing. */
    private Map<String, Integer> read(String path) {
        var query = "/files?path=" + URLEncoder.encode(path, StandardCharsets.UTF_8) + "&username=root";
        var response = client.open(client.request(query).GET());
        try (var body = client.bodyOf(response)) {
            var found = new LinkedHashMap<String, Integer>();
            if (response.statusCode() == 200) {
                new String(body.readNBytes(MAX_FILE_BYTES), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.split(":", 4))
                        .filter(parts ->
                                parts.length > 2 && NUMBER.matcher(parts[2]).matches())
                        .forEach(parts -> found.putIfAbsent(parts[0], Integer.parseInt(parts[2])));
            }
            return found;
        } catch (IOException e) {
            throw client.connectionLost(e);
        }
    }
}
