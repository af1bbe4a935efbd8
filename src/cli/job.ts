import type { Command } from 'commander';
import { jobs } from '../jobs/index.ts';
import { runJob } from '../jobs/runner.ts';
import { columns, print, UsageError, withCommonOptions, withContext, type CommonOptions } from './options.ts';

export function addJobCommands(program: Command): void {
  const job = program.command('job').description('what the server does by itself');
  withCommonOptions(
    job
      .command('run')
      .description('do a job now')
      .argument('<name>', jobs.map(({ name }) => name).join(', ')),
  ).action(async (name: string, options: CommonOptions) => {
    const found = jobs.find((candidate) => candidate.name === name);
    if (!found) throw new UsageError(`no job "${name}"; there are ${jobs.map((candidate) => candidate.name).join(', ')}`);
    const done = await withContext(options, (ctx) => runJob(ctx, found));
    print(options, { job: name, done }, [done ? `Done: ${found.summary}.` : `Another process is at it: ${found.summary}.`]);
  });
  withCommonOptions(job.command('list').description('list the jobs')).action((options: CommonOptions) => {
    const list = jobs.map(({ name, summary, every }) => ({ name, summary, every }));
    print(
      options,
      { jobs: list },
      columns(
        ['NAME', 'EVERY', 'WHAT IT DOES'],
        list.map(({ name, every, summary }) => [name, `${String(every)} s`, summary]),
      ),
    );
  });
}
