import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AttachmentsController } from './attachments/attachments.controller.js';
import { CommandsController } from './commands/commands.controller.js';
import { COMMAND_HANDLERS } from './commands/handlers.js';
import { CommandSender } from './commands/sending.js';
import { CustomerCommandsController } from './customers/commands.controller.js';
import { CustomersController } from './customers/customers.controller.js';
import { Engine } from './engine/engine.js';
import { FormsController } from './forms/forms.controller.js';
import { FeedController } from './feed/feed.controller.js';
import { ImportController } from './import/import.controller.js';
import { ImportsController } from './import/imports.controller.js';
import { ClockController } from './operations/clock.controller.js';
import { ConsumersController } from './operations/consumers.controller.js';
import { JobsController } from './operations/jobs.controller.js';
import { NotificationsController } from './operations/notifications.controller.js';
import { OperationsController } from './operations/operations.controller.js';
import { AssessmentController } from './organisation/assessment.controller.js';
import { OrganisationController } from './organisation/organisation.controller.js';
import { PeopleController } from './people/people.controller.js';
import { SignInController } from './people/sign-in.controller.js';
import { BoardController } from './queries/board.controller.js';
import { CaseController } from './queries/case.controller.js';
import { ExplanationController } from './queries/explanation.controller.js';
import { PolicyController } from './queries/policy.controller.js';
import { CalendarsController } from './rules/calendars.controller.js';
import { PoliciesController } from './rules/policies.controller.js';
import { WhatIfController } from './rules/what-if.controller.js';
import { Telemetry } from './telemetry.js';

/** Composition only: which controllers there are, and the engine they all work on. */
@Module({})
export class ApiModule {
  static on(engine: Engine, telemetry: Telemetry): DynamicModule {
    return {
      module: ApiModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        CommandsController,
        AttachmentsController,
        BoardController,
        CaseController,
        ExplanationController,
        FormsController,
        PolicyController,
        PoliciesController,
        CalendarsController,
        WhatIfController,
        FeedController,
        ImportController,
        ImportsController,
        CustomersController,
        CustomerCommandsController,
        PeopleController,
        OrganisationController,
        AssessmentController,
        SignInController,
        ClockController,
        OperationsController,
        NotificationsController,
        JobsController,
        ConsumersController,
      ],
      providers: [
        { provide: Engine, useValue: engine },
        { provide: Telemetry, useValue: telemetry },
        CommandSender,
        ...COMMAND_HANDLERS,
      ],
    };
  }
}
