return await AlignT2I.FeedbackServer.Commands.Shell.RunAsync(args);
