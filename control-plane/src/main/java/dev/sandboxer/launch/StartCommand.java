package dev.sandboxer.launch;

import dev.sandboxer.extension.session.ProcessSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The start command of a sandbox. It runs in a shell that writes three files: the command's output, its exit code, and the id of the
 * sandbox's run in which it was started. Processes in the sandbox may write these files too, so don't trust them.
 */
public final class StartCommand {
    /** The tag of the start command's process. */
    public static final String TAG = "start";

    /** The file with the start command's output, named like that of other background commands. */
    public static final String LOG = "/tmp/.sandboxer-" + TAG + ".log";

    /** The file that identifies the run of the sandbox in which the start command was started. */
    static final String RUN_FILE = LOG + ".run";

    /** All files that the start command's shell writes. */
    static final List<String> FILES = List.of(LOG, LOG + ".exit", RUN_FILE);

    /** Sets a variable that identifies this run of the sandbox: the boot id, and the start time of process 1. */
    private static final String RUN =
            "run=\"$(cat /proc/sys/kernel/random/boot_id; sed 's/.*) //' /proc/1/stat | cut -d' ' -f20)\"; ";

    private static final String START = RUN + "log=$1; shift; rm -f \"$log.exit\"; echo \"$run\" >\"$log.run\"; "
            + "\"$@\" >\"$log\" 2>&1 </dev/null; code=$?; echo $code >\"$log.exit\"; exit $code";

    private static final String CHECK = RUN + "test \"$run\" = \"$(cat \"$1.run\")\"";

    /** Runs a line in bash, for which start commands are usually written, or in sh if there is no bash. */
    private static final String SHELL = "exec \"$(command -v bash || echo sh)\" -c \"$1\"";

    private StartCommand() {}

    /** Returns the argv that runs a shell command line. */
    public static List<String> shell(String line) {
        return List.of("sh", "-c", SHELL, "sh", line);
    }

    /** Returns the command line of an argv made by {@link #shell}. Joins any other argv with blanks. */
    public static String lineOf(List<String> argv) {
        return argv.size() == 5 && argv.get(2).equals(SHELL) ? argv.getLast() : String.join(" ", argv);
    }

    /** Returns the command line of a start command's process, without the shell around it. Returns any other argv as it is. */
    public static List<String> unwrapped(List<String> argv) {
        return argv.size() > 5 && argv.get(2).equals(START) ? List.of(lineOf(argv.subList(5, argv.size()))) : argv;
    }

    static ProcessSpec process(Launch launch, String line) {
        var words = new ArrayList<>(List.of("sh", "-c", START, "sh", LOG));
        words.addAll(shell(line));
        return ProcessSpec.builder(words)
                .env(launch.env())
                .user(launch.user())
                .cwd(launch.workdir())
                .tag(TAG)
                .build();
    }

    /** Returns a process that ends with 0 if the sandbox has kept its memory since the start command was started. */
    static ProcessSpec check(Launch launch) {
        return ProcessSpec.builder("sh", "-c", CHECK, "sh", LOG)
                .user(launch.user())
                .build();
    }
}
