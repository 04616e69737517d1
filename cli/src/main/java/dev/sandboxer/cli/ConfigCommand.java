package dev.sandboxer.cli;

import java.nio.file.Files;

final class ConfigCommand extends SandboxerCommand {
    ConfigCommand(Context context) {
        super(context, "Look at the configuration.");
        new Entry("check", Check::new).addTo(syntax.spec(), context);
    }

    @Override
    public Integer call() {
        return check(installation, console);
    }

    static final class Check extends SandboxerCommand {
        Check(Context context) {
            super(context, "Check the configuration; report everything that is wrong with it.");
        }

        @Override
        public Integer call() {
            return check(installation, console);
        }
    }

    private static int check(Installation installation, Console console) {
        var file = installation.config();
        var problems = file.check(installation.extensions().all());
        problems.forEach(problem -> console.print(Console.printable(problem.toString())));
        if (!problems.isEmpty()) {
            console.note(problems.size() + (problems.size() == 1 ? " problem in " : " problems in ") + file.path());
            return Failures.STATUS;
        }
        console.print(
                Files.exists(file.path())
                        ? file.path() + " is fine"
                        : "no " + file.path() + ": built-in settings apply");
        return 0;
    }
}
