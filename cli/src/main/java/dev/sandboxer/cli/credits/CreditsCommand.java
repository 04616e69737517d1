package dev.sandboxer.cli.credits;

import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.CommandGroup;
import dev.sandboxer.cli.command.Context;

public final class CreditsCommand extends CommandGroup {
    public CreditsCommand(Context context) {
        super(
                context,
                "Manage what consumers may spend, and show what they have spent.",
                new CommandEntry("grant", GrantCommand::new),
                new CommandEntry("set", CreditTermsCommand::new),
                new CommandEntry("balance", BalanceCommand::new),
                new CommandEntry("grants", GrantsCommand::new),
                new CommandEntry("ledger", LedgerCommand::new),
                new CommandEntry("holds", HoldsCommand::new),
                new CommandEntry("release", ReleaseCommand::new),
                new CommandEntry("correct", CorrectCommand::new));
    }
}
