package dev.sandboxer.cli.sandboxes.process;

import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.launch.StartCommand;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A command that runs on after {@code exec -d} has returned. A shell around it writes its output to a file in the sandbox and, at
 * the end, its exit code to a second file. The sandbox can change both files.
 *
 * @param tag identifies the command within the sandbox
 */
record DetachedProcess(String tag) {
    static final String DIRECTORY = "/tmp";

    private static final String PREFIX = ".sandboxer-";
    private static final Pattern LOG = Pattern.compile("\\.sandboxer-([a-z0-9]{1,20})\\.log");
    private static final String SCRIPT =
            "log=$1; shift; \"$@\" >\"$log\" 2>&1 </dev/null; code=$?; echo $code >\"$log.exit\"; exit $code";

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Returns a process with a new random tag. */
    static DetachedProcess withNewTag() {
        return new DetachedProcess("c" + Integer.toString(RANDOM.nextInt(1 << 30) + (1 << 30), 36));
    }

    /** Returns the process to start: a shell that runs the command. */
    ProcessSpec wrapped(ProcessSpec spec) {
        var words = new ArrayList<>(List.of("sh", "-c", SCRIPT, "sh", log()));
        words.addAll(spec.argv());
        return ProcessSpec.builder(words)
                .env(spec.env())
                .cwd(spec.cwd())
                .user(spec.user())
                .timeout(spec.timeout())
                .tag(tag)
                .build();
    }

    /** Returns the command of a process without the shell around it. */
    static List<String> command(List<String> argv) {
        return argv.size() > 5 && argv.get(2).equals(SCRIPT)
                ? argv.subList(5, argv.size())
                : StartCommand.unwrapped(argv);
    }

    /** Returns the tag of the command whose output is in a file of that name; empty when it is no such file. */
    static String tagOf(String fileName) {
        var match = LOG.matcher(fileName);
        return match.matches() ? match.group(1) : "";
    }

    /** Returns the path of the command's output in the sandbox. */
    String log() {
        return DIRECTORY + "/" + PREFIX + tag + ".log";
    }

    /** Returns the path of the exit code in the sandbox. The file exists once the command has ended. */
    String exit() {
        return log() + ".exit";
    }
}
