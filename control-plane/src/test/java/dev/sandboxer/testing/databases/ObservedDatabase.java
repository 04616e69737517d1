package dev.sandboxer.testing.databases;

import dev.sandboxer.store.Database;
import dev.sandboxer.store.Job;
import dev.sandboxer.store.Jobs;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * A database that calls a listener before and after each use, outside of transactions. If the listener throws before the use, the work is
 * not done. If it throws afterwards, the work is done, but the caller doesn't learn that.
 */
public record ObservedDatabase(Database database, Consumer<String> listener) implements Database {
    private <T> T announced(String use, Function<Handle, T> work, Function<Function<Handle, T>, T> how) {
        listener.accept(use + " before");
        var result = how.apply(work);
        listener.accept(use + " after");
        return result;
    }

    @Override
    public <T> T transaction(Function<Handle, T> work) {
        return announced("TRANSACTION", work, database::transaction);
    }

    @Override
    public <T> T read(Function<Handle, T> work) {
        return announced("READ", work, database::read);
    }

    @Override
    public <T> T exclusively(Function<Handle, T> work) {
        return announced("EXCLUSIVELY", work, database::exclusively);
    }

    @Override
    public Jobs startJobs(List<Job> jobs) {
        return database.startJobs(jobs);
    }

    @Override
    public String byBytes(String column) {
        return database.byBytes(column);
    }

    @Override
    public boolean isShared() {
        return database.isShared();
    }

    @Override
    public String location() {
        return database.location();
    }

    @Override
    public void close() {
        database.close();
    }
}
