export * from '#cases/domain';
