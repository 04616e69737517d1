package dev.sandboxer.fakecloud;

import java.util.Locale;
import java.util.regex.Pattern;

/** Requests of E2B's clients, by the names that a plan uses. */
public enum Operation {
    CREATE("POST", "/(v2/)?sandboxes"),
    LIST("GET", "/(v2/)?sandboxes"),
    DESCRIBE("GET", "/sandboxes/[^/]+"),
    KILL("DELETE", "/sandboxes/[^/]+"),
    CONNECT("POST", "/(v2/)?sandboxes/[^/]+/(connect|resume)"),
    TIMEOUT("POST", "/sandboxes/[^/]+/timeout"),
    PAUSE("POST", "/sandboxes/[^/]+/pause"),
    SNAPSHOT("POST", "/sandboxes/[^/]+/snapshots"),
    EXEC("POST", "/process\\.Process/Start"),
    INPUT("POST", "/process\\.Process/(SendInput|StreamInput|CloseStdin)"),
    STAT("POST", "/filesystem\\.Filesystem/Stat"),
    UPLOAD("POST", "/files"),
    DOWNLOAD("GET", "/files");

    private final String method;
    private final Pattern path;

    Operation(String method, String path) {
        this.method = method;
        this.path = Pattern.compile(path);
    }

    public boolean matches(Call call) {
        return call.method().equals(method) && path.matcher(call.path()).matches();
    }

    /** Returns true if the request is about one existing sandbox. */
    public boolean namesSandbox() {
        return this != CREATE && this != LIST;
    }

    /** Returns the name in a plan, such as {@code create}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
