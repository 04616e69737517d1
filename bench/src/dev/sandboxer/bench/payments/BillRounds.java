package dev.sandboxer.bench.payments;

import dev.sandboxer.bench.Program;
import dev.sandboxer.bench.Results;
import dev.sandboxer.bench.Workspace;

import dev.sandboxer.bench.Results.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Times the export of the bill in a JVM with little memory, and a bare read of the same rows. */
public final class BillRounds {
    public static final String READ = "read the rows";
    public static final String EXPORT = "write them as CSV for FOCUS";

    private BillRounds() {}

    /** The first rounds warm up. */
    private static final int WARM_UP = 1;

    public static void measure(Workspace work, int lines, int rounds, Results results)
            throws IOException, InterruptedException {
        var directory = Files.createDirectories(work.resolve("bill"));
        var output = new Program(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dorg.sqlite.lib.path=" + System.getProperty("org.sqlite.lib.path"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        BillExport.class.getName(),
                        directory.toString(),
                        Integer.toString(lines),
                        Integer.toString(WARM_UP + rounds))
                .run();
        for (var pass : output.lines().filter(BillRounds::isPass).skip(2 * WARM_UP).toList()) {
            var space = pass.indexOf(' ');
            var name = pass.substring(0, space).equals(BillExport.READ) ? READ : EXPORT;
            results.add(Group.BILL, name, Long.parseLong(pass.substring(space + 1)));
        }
    }

    private static boolean isPass(String line) {
        return line.startsWith(BillExport.READ + " ") || line.startsWith(BillExport.EXPORT + " ");
    }
}
