package dev.sandboxer.cli.setup;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.HostReport.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

public final class DoctorCommand extends Command {
    private static final String REMEDY = "repair or remove it; other extensions are not affected";

    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    public DoctorCommand(Context context) {
        super(context, "Check what this host can run. Exits with 1 if no sandbox can run.");
    }

    @Override
    public Integer call() {
        var reports = new LinkedHashMap<String, HostReport>();
        var extensions = installation.extensions(); // independent of the database
        for (var extension : extensions.all()) {
            reports.put(extension.id().value(), extension.checkHost(extensions.context(extension.id())));
        }
        for (var jar : extensions.refused()) {
            var name = "extensions/" + jar.jar().getFileName();
            reports.put(name, new HostReport(List.of(Finding.missing("jar", jar.reason(), REMEDY))));
        }
        if (json.get()) {
            console.print(JsonOutput.text(reports));
        } else {
            print(reports);
        }
        return reports.values().stream().anyMatch(HostReport::usable) ? 0 : 1;
    }

    private void print(Map<String, HostReport> reports) {
        console.print("home        " + installation.home().directory());
        console.print("database    " + database());
        console.print("java        " + Runtime.version());
        reports.forEach((id, report) -> {
            console.print("");
            console.print(id + (report.usable() ? ": works here" : ": does not work here"));
            report.findings().forEach(this::print);
        });
    }

    private String database() {
        try {
            return Console.printable(installation.databaseLocation());
        } catch (SandboxException e) {
            return "none: " + e.getMessage();
        }
    }

    private void print(Finding finding) {
        var level = finding.level().name().toLowerCase(Locale.ROOT);
        console.print(String.format("  %-8s %-11s %s", level, finding.subject(), Console.printable(finding.text())));
        if (!finding.remedy().isEmpty()) {
            console.print(String.format("  %-8s %-11s -> %s", "", "", finding.remedy()));
        }
    }
}
