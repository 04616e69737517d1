package dev.sandboxer.cli.sandboxes.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Hard links and times of files that were copied into a sandbox. One script sets them at the end, because a directory's time changes
 * with each file that is added to it. Not thread-safe.
 */
final class SandboxAttributes {
    /** Reads three lines for each attribute: kind, value and path. Paths are in the form that {@code printf %b} decodes. */
    private static final String SCRIPT = """
            decode() { case $1 in *\\\\*) out=$(printf '%b.' "$1"); out=${out%.} ;; *) out=$1 ;; esac; }
            n=0
            while IFS= read -r kind && IFS= read -r with && IFS= read -r path; do
              decode "$path"
              path=$out
              case $kind in
                link)
                  decode "$with"
                  { [ ! -d "$path" ] || [ -h "$path" ]; } && rm -f -- "$path" && ln -- "$out" "$path" || echo "$n"
                  n=$((n + 1)) ;;
                time) touch -h -m -d "@$with" -- "$path" || touch -m -d "@${with%.*}" -- "$path" ;;
              esac
            done 2>/dev/null
            exit 0
            """;

    private final List<Link> links = new ArrayList<>();
    private final List<String> times = new ArrayList<>();

    /**
     * A further name of a file that was already copied.
     *
     * @param source the local file
     * @param first absolute path of the copy
     * @param target absolute path of the further name
     */
    record Link(Path source, String first, String target) {}

    void link(Link link) {
        links.add(link);
    }

    void time(String path, FileTime time) {
        var instant = time.toInstant();
        times.add(instant.getEpochSecond() + String.format(".%09d", instant.getNano()) + "\n" + escaped(path));
    }

    /** Sets all attributes and returns the links that could not be made. Times that the sandbox can't set are ignored. */
    List<Link> apply(SandboxShell shell) {
        var text = new StringBuilder();
        links.forEach(link -> text.append("link\n")
                .append(escaped(link.first()))
                .append('\n')
                .append(escaped(link.target()))
                .append('\n'));
        times.forEach(time -> text.append("time\n").append(time).append('\n'));
        var output = shell.run(SCRIPT, new ByteArrayInputStream(text.toString().getBytes(UTF_8)));
        if (output.isEmpty()) {
            return List.copyOf(links);
        }
        Set<String> failed = new HashSet<>(output.get().lines().toList());
        var missing = new ArrayList<Link>();
        for (int i = 0; i < links.size(); i++) {
            if (failed.contains(Integer.toString(i))) {
                missing.add(links.get(i));
            }
        }
        return missing;
    }

    private static String escaped(String path) {
        var text = new StringBuilder();
        for (byte b : path.getBytes(UTF_8)) {
            if (b > ' ' && b < 0x7f && b != '\\') {
                text.append((char) b);
            } else {
                text.append(String.format("\\0%03o", b & 0xff));
            }
        }
        return text.toString();
    }
}
