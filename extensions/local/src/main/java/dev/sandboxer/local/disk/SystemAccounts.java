package dev.sandboxer.local.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The users and groups of a sandbox: its own, and the host's system accounts, which own files below {@code /usr} and which packages
 * expect. People's accounts on the host are left out, and so are passwords and the members of groups.
 *
 * @param etc the host's {@code /etc}
 */
record SystemAccounts(Path etc) {
    /** Lower ids belong to the system, on every Debian host. */
    private static final int FIRST_REGULAR_ID = 1000;

    private static final int NOBODY = 65_534;

    private static final List<String> OWN_USERS =
            List.of("root:x:0:0:root:/root:/bin/bash", "user:x:1000:1000:user:/home/user:/bin/bash");

    /** Added if the host does not have them. */
    private static final List<String> DEFAULT_USERS = List.of(
            "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin",
            "bin:x:2:2:bin:/bin:/usr/sbin/nologin",
            "sys:x:3:3:sys:/dev:/usr/sbin/nologin",
            "mail:x:8:8:mail:/var/mail:/usr/sbin/nologin",
            "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin",
            "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin");

    private static final List<String> OWN_GROUPS = List.of("root:x:0:", "user:x:1000:");

    private static final List<String> DEFAULT_GROUPS = List.of(
            "daemon:x:1:",
            "bin:x:2:",
            "sys:x:3:",
            "tty:x:5:",
            "disk:x:6:",
            "mail:x:8:",
            "sudo:x:27:",
            "www-data:x:33:",
            "shadow:x:42:",
            "staff:x:50:",
            "users:x:100:",
            "nogroup:x:65534:");

    private static final int USER_FIELDS = 7;
    private static final int GROUP_FIELDS = 4;

    /** Returns the content of {@code /etc/passwd}. */
    String users() throws IOException {
        return merge(OWN_USERS, hostLines("passwd", USER_FIELDS), DEFAULT_USERS).stream()
                .map(fields -> String.join(":", fields) + "\n")
                .collect(Collectors.joining());
    }

    /** Returns the content of {@code /etc/group}. */
    String groups() throws IOException {
        return merge(OWN_GROUPS, hostLines("group", GROUP_FIELDS), DEFAULT_GROUPS).stream()
                .map(fields -> fields[0] + ":x:" + fields[2] + ":" + (fields[0].equals("sudo") ? "user" : "") + "\n")
                .collect(Collectors.joining());
    }

    /** Joins the lists. Of several entries with the same name or id, only the first is kept. */
    private static List<String[]> merge(List<String> own, List<String> host, List<String> defaults) {
        var found = new ArrayList<String[]>();
        var taken = new HashSet<String>();
        for (List<String> lines : List.of(own, host, defaults)) {
            for (String line : lines) {
                var fields = line.split(":", -1);
                if (!taken.contains(fields[0]) && !taken.contains(fields[2])) {
                    taken.add(fields[0]);
                    taken.add(fields[2]);
                    found.add(fields);
                }
            }
        }
        return found;
    }

    private List<String> hostLines(String file, int count) throws IOException {
        var found = new ArrayList<String>();
        try {
            for (String line : Files.readString(etc.resolve(file), StandardCharsets.ISO_8859_1)
                    .split("\n")) {
                var fields = line.split(":", -1);
                if (fields.length == count && isSystem(fields[2])) {
                    fields[1] = "x"; // some hosts keep a password here
                    found.add(String.join(":", fields));
                }
            }
        } catch (NoSuchFileException e) {
            // a host without this file has no accounts to copy
        }
        return found;
    }

    private static boolean isSystem(String id) {
        try {
            var number = Integer.parseInt(id);
            return number >= 0 && number < FIRST_REGULAR_ID || number == NOBODY;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
